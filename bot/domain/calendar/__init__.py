"""Calendar: lengths of time, days and hours as people mean them; no clock is read here."""
