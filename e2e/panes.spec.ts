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

test('the browser shows a page of the sandbox with its own pictures and styles, and nothing else', async ({ page }) => {
  await page.goto(site.url)
  await ready(page)
  const files = {
    'index.html':
      '<link rel="stylesheet" href="a.css"><script>document.body.textContent = "ran"</script><h1>Hello</h1><img src="d.svg"><img src="https://example.com/x.png"><a href="/data.json">data</a>',
    'a.css': 'h1 { color: rgb(1, 2, 3) }',
    'd.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>',
    'data.json': '{"a":[1]}',
  }
  await type(page, 'mkdir site')
  for (const [name, text] of Object.entries(files))
    await type(page, `echo ${Buffer.from(text).toString('base64')} | base64 -d > site/${name}`)
  const browser = page.getByRole('tabpanel', { name: 'Browser' })
  await page.getByRole('tab', { name: 'Browser' }).click()
  await browser.getByLabel('Address').fill('localhost:8080')
  await browser.getByLabel('Address').press('Enter')
  await expect(browser.getByRole('alert')).toContainText('curl: (7) Failed to connect to localhost port 8080')
  await page.getByRole('tab', { name: 'Terminal', exact: true }).click()
  await type(page, 'docker run -d --name web -p 8080:80 -v $PWD/site:/usr/share/nginx/html nginx')
  await page.getByTitle('web: running').click()
  await page.getByRole('button', { name: 'Open localhost:8080' }).click()
  const shown = page.frameLocator('iframe[sandbox=""]')
  await expect(shown.getByRole('heading', { name: 'Hello' })).toHaveCSS('color', 'rgb(1, 2, 3)')
  await expect(shown.locator('img[src]')).toHaveCount(1)
  await expect(shown.locator('img[src]')).toHaveJSProperty('naturalWidth', 4)
  await browser.getByText('one link').click()
  await browser.getByRole('button', { name: 'data' }).click()
  await expect(browser.getByText('"a": [')).toBeVisible()
})

test('on a wide screen the laptop stands beside the cluster, as long as it holds something', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 })
  await page.goto(site.url)
  await ready(page)
  await type(page, 'minikube start')
  const laptop = page.getByRole('region', { name: 'Machine laptop' })
  await expect(laptop).toHaveCount(0)
  await type(page, 'docker run -d --name web nginx; kubectl run kubia --image=luksa/kubia')
  await page.getByRole('button', { name: 'Cluster minikube' }).click()
  await expect(laptop).toContainText('1 running')
  await expect(page.getByRole('button', { name: /^kubia: / })).toBeVisible()
  await laptop.getByRole('button', { name: 'Compare with virtual machines' }).click()
  await expect(page.getByText('As virtual machines')).toBeVisible()
})
