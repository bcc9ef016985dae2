"""Who knows what, and what one person alone holds."""
