"""The report of a replay that a person looks at: one HTML file with sound and pictures, opened from anywhere."""
