/** What stands in the dock beside the terminal. */
import { expect, test } from '@playwright/test'
import { ready, type Site, startSite, type } from './drydock.ts'

let site: Site

test.beforeAll(async () => {
  site = await startSite()
})
test.afterAll(() => site.close())

test('the log of what is selected follows; else there is a list to choose from', async ({ page }) => {
  await page.goto(site.url)
  await ready(page)
  await type(
    page,
    'docker run --name talker busybox sh -c "echo one; echo two >&2"; docker run -d --name counter busybox sh -c "while true; do date; sleep 1; done"',
  )
  await page.getByRole('tablist', { name: 'Terminals' }).getByRole('tab', { name: 'Logs' }).click()
  const logs = page.getByRole('tabpanel', { name: 'Logs' })
  await logs.getByRole('button', { name: 'talker' }).click()
  await expect(logs.getByRole('log').locator('> div')).toHaveText([/stdoutone$/, /stderrtwo$/])
  await logs.getByRole('button', { name: 'Others' }).click()
  await logs.getByRole('button', { name: 'counter' }).click()
  const lines = logs.getByRole('log').locator('> div')
  const before = await lines.count()
  await expect.poll(() => lines.count()).toBeGreaterThan(before + 1)
})
