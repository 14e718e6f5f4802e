/** The SQL of the mysql images as courses type it, and how it refuses. */
import initSqlite from 'sql.js'
import { expect, test } from 'vitest'
import { everything } from './accounts.ts'
import { drawn } from './client.ts'
import { Engine } from './engine.ts'
import { SqlError } from './errors.ts'

const library = await initSqlite({ useOldExtensionFunctions: false })

function shop() {
  const engine = new Engine(
    library,
    { version: '9.5.0', isMaria: false, hostname: 'db', now: () => Date.UTC(2026, 0, 5, 9), random: () => 0.5 },
    { databases: { shop: {} }, accounts: [{ user: 'root', host: 'localhost', password: 'x', grants: [everything] }] },
  )
  const session = engine.open(8, 'root', 'localhost', 'x', 'shop')
  const type = (sql: string, as = session): string => {
    try {
      const outcome = engine.run(as, sql)
      return 'rows' in outcome
        ? drawn(outcome, { drawsTables: true, hasHead: true })
        : `${outcome.changed} affected${outcome.info === undefined ? '' : `; ${outcome.info}`}`
    } catch (error) {
      if (error instanceof SqlError) return `ERROR ${error.code} (${error.state}): ${error.message}`
      throw error
    }
  }
  type("CREATE TABLE customers (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(10) NOT NULL, city VARCHAR(20) DEFAULT 'Basel')")
  type(
    'CREATE TABLE orders (id INT NOT NULL AUTO_INCREMENT, customer_id INT, total DECIMAL(8,2), at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (id), FOREIGN KEY (customer_id) REFERENCES customers(id))',
  )
  type("INSERT INTO customers (name) VALUES ('Ada'), ('Bob')")
  type('INSERT INTO orders (customer_id, total) VALUES (1, 9.5), (1, 20), (2, 7.25)')
  return { engine, type }
}

test('joined, grouped and counted as a course does', () => {
  const { type } = shop()
  expect(
    type(
      'SELECT c.name, COUNT(*) AS n, SUM(o.total), AVG(o.total) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id ORDER BY n DESC',
    ),
  ).toBe(
    '+------+---+--------------+--------------+\n| name | n | SUM(o.total) | AVG(o.total) |\n+------+---+--------------+--------------+\n| Ada  | 2 |        29.50 |    14.750000 |\n| Bob  | 1 |         7.25 |     7.250000 |\n+------+---+--------------+--------------+\n',
  )
  expect(type('select * from orders where at < now() + interval 1 day and total > 8 limit 0, 1')).toBe(
    '+----+-------------+-------+---------------------+\n| id | customer_id | total | at                  |\n+----+-------------+-------+---------------------+\n|  1 |           1 |  9.50 | 2026-01-05 09:00:00 |\n+----+-------------+-------+---------------------+\n',
  )
  expect(type("UPDATE customers SET city = 'Basel' WHERE name = 'ada'")).toBe('0 affected; Rows matched: 1  Changed: 0  Warnings: 0')
  expect(type("SELECT 5/2, 7 DIV 2, IF(1<2,'yes','no') AS a, CONCAT('a', NULL)")).toBe(
    "+--------+---------+-----+-------------------+\n| 5/2    | 7 DIV 2 | a   | CONCAT('a', NULL) |\n+--------+---------+-----+-------------------+\n| 2.5000 |       3 | yes | NULL              |\n+--------+---------+-----+-------------------+\n".replace(
      '| 5/2    |',
      '| 5/2    |',
    ),
  )
})

test('a refusal has its number and its words', () => {
  const { type } = shop()
  expect(type('selct 1')).toBe(
    "ERROR 1064 (42000): You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near 'selct 1' at line 1",
  )
  expect(type('SELECT * FORM customers')).toBe(
    "ERROR 1064 (42000): You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near 'FORM customers' at line 1",
  )
  expect(type('select nope from customers')).toBe("ERROR 1054 (42S22): Unknown column 'nope' in 'field list'")
  expect(type('select * from nope')).toBe("ERROR 1146 (42S02): Table 'shop.nope' doesn't exist")
  expect(type("insert into customers (id, name) values (1, 'x')")).toBe(
    "ERROR 1062 (23000): Duplicate entry '1' for key 'customers.PRIMARY'",
  )
  expect(type("insert into customers (city) values ('x')")).toBe("ERROR 1364 (HY000): Field 'name' doesn't have a default value")
  expect(type("insert into customers (name) values ('a name that is too long')")).toBe(
    "ERROR 1406 (22001): Data too long for column 'name' at row 1",
  )
  expect(type("insert into orders (customer_id) values ('many')")).toBe(
    "ERROR 1366 (HY000): Incorrect integer value: 'many' for column 'customer_id' at row 1",
  )
  expect(type('insert into orders (customer_id) values (99)')).toBe(
    'ERROR 1452 (23000): Cannot add or update a child row: a foreign key constraint fails (`shop`.`orders`, CONSTRAINT `orders_ibfk_1` FOREIGN KEY (`customer_id`) REFERENCES `customers` (`id`))',
  )
  expect(type('delete from customers where id = 1')).toBe(
    'ERROR 1451 (23000): Cannot delete or update a parent row: a foreign key constraint fails (`shop`.`orders`, CONSTRAINT `orders_ibfk_1` FOREIGN KEY (`customer_id`) REFERENCES `customers` (`id`))',
  )
})

test('a table is described and changed', () => {
  const { type } = shop()
  expect(type('ALTER TABLE customers ADD COLUMN email VARCHAR(50) UNIQUE AFTER name, DROP COLUMN city')).toBe('0 affected')
  expect(type('DESCRIBE customers')).toBe(
    '+-------+-------------+------+-----+---------+----------------+\n| Field | Type        | Null | Key | Default | Extra          |\n+-------+-------------+------+-----+---------+----------------+\n| id    | int         | NO   | PRI | NULL    | auto_increment |\n| name  | varchar(10) | NO   |     | NULL    |                |\n| email | varchar(50) | YES  | UNI | NULL    |                |\n+-------+-------------+------+-----+---------+----------------+\n',
  )
  expect(type('show create table orders')).toContain(
    '  `total` decimal(8,2) DEFAULT NULL,\n  `at` timestamp NULL DEFAULT CURRENT_TIMESTAMP,\n  PRIMARY KEY (`id`),\n  KEY `customer_id` (`customer_id`),\n  CONSTRAINT `orders_ibfk_1` FOREIGN KEY (`customer_id`) REFERENCES `customers` (`id`)\n) ENGINE=InnoDB AUTO_INCREMENT=4 DEFAULT CHARSET=utf8mb4',
  )
})

test('an account may do what it was granted, and data outlives the server', () => {
  const { engine, type } = shop()
  type("CREATE USER 'bob'@'%' IDENTIFIED BY 'pw'")
  type("GRANT SELECT ON shop.* TO 'bob'@'%'")
  const again = new Engine(library, engine.settings, JSON.parse(JSON.stringify(engine.saved())))
  const bob = again.open(9, 'bob', '172.17.0.3', 'pw', 'shop')
  expect(again.run(bob, 'SELECT COUNT(*) FROM orders')).toMatchObject({ rows: [[3]] })
  expect(() => again.run(bob, 'DELETE FROM orders')).toThrow("DELETE command denied to user 'bob'@'172.17.0.3' for table 'orders'")
  expect(() => again.open(10, 'bob', '172.17.0.3', 'wrong', undefined)).toThrow(
    "Access denied for user 'bob'@'172.17.0.3' (using password: YES)",
  )
})
