"""Title, author, date, site and language of a document: cheap structured sources first."""
