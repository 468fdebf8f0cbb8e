"""Reports: what a channel's services went through in a week."""
