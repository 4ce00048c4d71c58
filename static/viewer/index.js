// The island is mounted on every [data-island="viewer"].
