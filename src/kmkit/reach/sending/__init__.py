"""Sending letters so that none is lost and none goes out twice: `delivering`, and the digests."""
