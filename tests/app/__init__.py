"""Tests of the page; a package, so that what is served for all of them ends with the last."""
