/** Lessons as a learner does them: opened in the page, solved in the terminal, checked with the button. */
import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { ready, type Site, startSite, type } from './drydock.ts'

let site: Site

test.beforeAll(async () => {
  site = await startSite()
})
test.afterAll(() => site.close())

for (const lesson of ['containers/hello', 'kubernetes/deployment']) {
  test(`${lesson} is solved by its own solutions`, async ({ page }) => {
    test.setTimeout(240_000)
    const { details } = JSON.parse(readFileSync(new URL(`../lessons/${lesson}/index.json`, import.meta.url), 'utf8')) as {
      details: { steps: { title: string; solution: string }[] }
    }
    const here = page.locator('li[aria-current=step]')
    await page.goto(`${site.url}?lesson=${lesson}`)
    await page.getByRole('button', { name: 'Begin' }).click()
    await ready(page)
    for (const { title, solution } of details.steps) {
      await expect(here).toContainText(title)
      const script = readFileSync(new URL(`../lessons/${lesson}/${solution}`, import.meta.url), 'utf8')
      for (const line of script.split('\n').filter(Boolean)) await type(page, line, 120_000)
      await page.getByRole('button', { name: 'Check' }).click()
      await expect(here.filter({ hasText: title })).toHaveCount(0, { timeout: 60_000 })
    }
    await expect(here).toHaveCount(0)
  })
}
