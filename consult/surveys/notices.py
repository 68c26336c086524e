"""Who hears of a survey: nobody is called by name, so nothing is sent; it stands on the project's page."""
