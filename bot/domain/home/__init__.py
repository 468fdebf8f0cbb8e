"""The App Home: what one person is shown."""
