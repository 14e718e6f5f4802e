/** The SQL that the mysql images know, and how they refuse the rest. */
import { expect, test } from 'vitest'
import { freshStore, runSql, SqlError } from './sql.ts'

const asker = { user: 'root', database: 'shop', version: '9.5.0', now: '2026-01-05 09:00:00' }

test('a table keeps its rows', () => {
  const store = freshStore('x')
  const run = (sql: string) => runSql(store, sql, asker)
  run('CREATE DATABASE shop')
  run('create table users (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) NOT NULL, at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)')
  expect(run("insert into users (name) values ('Ada'), ('O''Hara')")).toEqual({ changed: 2 })
  expect(run("select id, name from users where name like 'o%' order by id desc limit 1")).toEqual({ columns: ['id', 'name'], rows: [[2, "O'Hara"]] })
  expect(run('select count(*) from users where id > 1')).toEqual({ columns: ['count(*)'], rows: [[1]] })
  expect(run('show databases')).toEqual({ columns: ['Database'], rows: [['information_schema'], ['mysql'], ['performance_schema'], ['shop'], ['sys']] })
})

test('what is wrong or unknown is refused with a number', () => {
  const store = freshStore('x')
  const refusal = (sql: string): string => {
    try {
      runSql(store, sql, asker)
    } catch (error) {
      if (error instanceof SqlError) return `${error.code} ${error.message}`
      throw error
    }
    return ''
  }
  expect(refusal('use nope')).toBe("1049 Unknown database 'nope'")
  expect(refusal('selct 1')).toBe("1064 You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near 'selct 1' at line 1")
  expect(refusal('begin')).toBe("1235 This version of MySQL doesn't yet support 'BEGIN (not simulated in this sandbox)'")
})
