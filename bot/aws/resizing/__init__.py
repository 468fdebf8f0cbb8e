"""Resizing: what is read in AWS to plan a resize and to follow it. Reading only; `bot.aws.resize_writing` writes."""
