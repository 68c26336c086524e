"""A living demonstration district. Every person, place, figure and word in it is invented."""
