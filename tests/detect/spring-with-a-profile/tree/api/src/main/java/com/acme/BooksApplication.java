class BooksApplication {}
