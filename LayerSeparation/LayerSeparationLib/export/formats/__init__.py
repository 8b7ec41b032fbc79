"""One class a file: a format of one joint, or of many samples, that names itself; `registry` lists them."""
