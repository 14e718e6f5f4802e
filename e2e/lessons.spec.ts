/** Lessons as a learner does them: opened in the page, solved in the terminal, checked with the button. */
import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { strToU8, zipSync } from 'fflate'
import { ready, shown, type Site, startSite, type } from './drydock.ts'

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

/** A pack as an instructor writes it, with what Killercoda's and Katacoda's authors use; one of its files is broken. */
const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
const pack: Record<string, string | Uint8Array> = {
  'course/structure.json': '{"title":"Week three","items":[{"path":"files"}]}',
  'course/files/index.json': JSON.stringify({
    title: 'Files and questions',
    details: {
      intro: { text: 'intro.md' },
      steps: [
        { title: 'Look', text: '1.md' },
        { title: 'Write', text: '2.md', background: 'prepare.sh', verify: 'verify.sh' },
      ],
      finish: { text: 'finish.md' },
    },
    backend: { imageid: 'ubuntu' },
  }),
  'course/files/intro.md': 'Welcome.\n\n![A dot](assets/dot.png)',
  'course/files/assets/dot.png': pixel,
  'course/files/1.md':
    '>>Q1: What does pwd print?<<\n( ) /home\n(*) /root\n\n<details><summary>Solution</summary>\n\n```bash\npwd\n```{{exec}}\n\n</details>\n\n`date`{{execute T2}}',
  'course/files/2.md': '<pre class="file" data-filename="note.txt" data-target="replace">kept\n</pre>',
  'course/files/prepare.sh': 'echo prepared > /tmp/prepared',
  'course/files/verify.sh':
    'grep -q kept /root/note.txt && grep -q prepared /tmp/prepared || { echo "note.txt does not say kept."; exit 1; }',
  'course/files/finish.md': 'Well done.',
  'course/broken/index.json': '{',
}

test('an instructor brings a pack of lessons; it is there after a reload, and what was solved is marked', async ({ page }) => {
  const archive = Buffer.from(
    zipSync(Object.fromEntries(Object.entries(pack).map(([path, text]) => [path, typeof text === 'string' ? strToU8(text) : text]))),
  )
  const lessons = page.getByRole('region', { name: 'Lessons' })
  await page.goto(site.url)
  await ready(page)
  await page.getByLabel('Open a zip').setInputFiles({ name: 'week3.zip', mimeType: 'application/zip', buffer: archive })
  await expect(lessons).toContainText('week3: one lesson, one problem')
  await expect(lessons).toContainText('course/broken/index.json: not JSON')
  await page.getByRole('button', { name: 'Files and questions' }).click()
  await expect(page.getByAltText('A dot')).toHaveJSProperty('naturalWidth', 1)
  await page.getByRole('button', { name: 'Begin' }).click()

  await page.getByLabel('/home', { exact: true }).check()
  await expect(page.getByRole('status').filter({ hasText: 'Not quite' })).toBeVisible()
  await page.getByLabel('/root', { exact: true }).check()
  await expect(page.getByRole('status').filter({ hasText: 'So it is.' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'pwd' })).toBeHidden()
  await page.getByText('Solution').click()
  await expect(page.getByRole('button', { name: 'pwd' })).toBeVisible()
  await page.getByRole('button', { name: 'date' }).click()
  await expect(page.getByRole('tab', { name: 'Terminal 2' })).toHaveAttribute('aria-selected', 'true')
  await page.getByRole('tab', { name: 'Terminal', exact: true }).click()
  await page.getByRole('button', { name: 'Next' }).click()

  await page.getByRole('button', { name: 'Check' }).click()
  await expect(page.getByRole('alert')).toContainText('note.txt does not say kept.')
  await page.getByRole('button', { name: 'Write it to note.txt' }).click()
  await expect(page.getByRole('region', { name: 'Editor' })).toContainText('note.txt')
  await page.getByRole('button', { name: 'Check' }).click()
  await expect(page.getByText('Well done.')).toBeVisible()

  await page.reload()
  await ready(page)
  await page.getByRole('button', { name: 'All lessons' }).click()
  await expect(page.getByRole('button', { name: 'Files and questions' }).getByLabel('solved')).toBeVisible()
  await page.getByRole('button', { name: 'Remove the lessons of week3' }).click()
  await expect(page.getByRole('button', { name: 'Files and questions' })).toHaveCount(0)
})

test('hints lead from a question to where to look and to the command; how it was solved is said afterwards', async ({ page }) => {
  await page.goto(`${site.url}?lesson=containers/hello`)
  await page.getByRole('button', { name: 'Begin' }).click()
  await ready(page)
  const nudge = page.getByRole('button', { name: 'Need a nudge?' })
  await nudge.click()
  await nudge.click()
  await expect(page.locator('html[data-pointed=terminal]')).toHaveCount(1)
  await page.getByRole('button', { name: 'Show the command?' }).click()
  await page.getByRole('button', { name: 'Show it' }).click()
  await expect(page.locator('li[aria-current=step] h3')).toContainText('seen')
  await expect.poll(() => shown(page)).toContain('docker run busybox echo "Hello world"')
  await page.keyboard.press('Control+c')
  for (let step = 0; step < 2; step++) {
    await type(page, 'docker run busybox echo "Hello world"')
    await page.getByRole('button', { name: 'Check' }).click()
    await expect(page.locator('ol > li').nth(step).getByLabel('done')).toBeVisible()
  }
  await expect(page.getByText(/^Solved in 2 commands; looking does not count\. .* One solution was shown\.$/)).toBeVisible()
  await page.getByRole('button', { name: 'All lessons' }).click()
  await expect(page.getByRole('button', { name: /Hello, container/ })).toContainText('in 2 commands, solution seen')
})
