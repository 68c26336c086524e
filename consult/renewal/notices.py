"""Who hears of a renewal project: it stands in public, in totals; nobody is written to."""
