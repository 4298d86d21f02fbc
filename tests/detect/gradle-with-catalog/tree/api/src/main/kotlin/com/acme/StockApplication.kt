fun main(args: Array<String>) { runApplication<StockApplication>(*args) }
