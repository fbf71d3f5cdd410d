"""prediction: melodies -> how likely each next pitch or duration is, in bits per note."""
