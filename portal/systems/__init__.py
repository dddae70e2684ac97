"""Other systems of a district 对接系统: which may ask, what they may see, and where they are told what happened."""
