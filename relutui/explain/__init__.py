"""The sentences: why a unit or the prediction is as it is, what an edit did, what the exercise asks for."""
