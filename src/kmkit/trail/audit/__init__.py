"""The audit: does the trail prove, note by note, what the front matter claims?"""
