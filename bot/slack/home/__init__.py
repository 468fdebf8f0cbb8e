"""Home: what the Home tab of the app shows to one person, as blocks."""
