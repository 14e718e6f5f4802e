/** A learner at the page: opens it, types, reads what the terminal shows. */
import { expect, type Page } from '@playwright/test'
import type { Server } from 'node:http'

export interface Site {
  readonly url: string
  close(): Promise<void>
}

export async function startSite(port = 0): Promise<Site> {
  const { serve } = (await import(new URL('../scripts/serve.mjs', import.meta.url).href)) as { serve(port: number): Promise<Server> }
  const server = await serve(port)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** Waits until the prompt is there. */
export async function ready(page: Page): Promise<void> {
  await page.waitForSelector('.xterm-rows')
  await expect.poll(() => lastLine(page), { timeout: 30_000 }).toMatch(/[$#]\s*$/)
  columns.set(page, Number(await type(page, 'tput cols')))
}

/** Types a command and answers what was printed between it and the next prompt. */
export async function type(page: Page, command: string, timeout = 60_000): Promise<string> {
  const marker = `done-${Math.floor(performance.now())}`
  await page.locator('.xterm-helper-textarea').first().focus()
  await page.keyboard.insertText(`clear; ${command}; echo ${marker.slice(0, 4)}''${marker.slice(4)}`)
  await page.keyboard.press('Enter')
  await expect.poll(() => shown(page), { timeout }).toContain(marker)
  return (await shown(page)).split(marker)[0].trim()
}

/** Columns of the terminal as the shell sees them; a row that is full goes on in the next. */
const columns = new WeakMap<Page, number>()

/** The whole screen of the first terminal, as text. */
export async function shown(page: Page): Promise<string> {
  const rows = await page.locator('.xterm-rows > div').allTextContents()
  const full = columns.get(page) ?? Number.POSITIVE_INFINITY
  return rows.map((row) => row.replaceAll('\u00a0', ' ')).reduce((text, row) => text + row + (row.length >= full ? '' : '\n'), '')
}

async function lastLine(page: Page): Promise<string> {
  return (
    (await shown(page))
      .split('\n')
      .filter((line) => line.trim() !== '')
      .at(-1) ?? ''
  )
}
