"""Values and pure functions at the centre of the star: no client, no file, no clock."""
