/**
 * What Killercoda and Katacoda write into Markdown beside Markdown itself, on the level of text: marks behind a closing fence, the addresses
 * of a scenario's machines, and questions. Marks in a line of prose are read in the tree (markdown.ts).
 */
import { quizAt } from './quiz.ts'

/** Markdown that a parser of Markdown reads: marks stand in the opening line of their fence, a question is a fence `quiz {{quiz}}`. */
export function withoutMarks(markdown: string): string {
  const lines = markdown.split('\n')
  const shown: string[] = []
  let opened: number | undefined
  for (let at = 0; at < lines.length; at++) {
    const fence = /^(\s*(?:>\s*)?)(```+|~~~+)(.*)$/.exec(lines[at])
    if (!fence) {
      const quiz = opened === undefined ? quizAt(lines, at) : undefined
      if (quiz) {
        shown.push('', '```quiz {{quiz}}', JSON.stringify(quiz.quiz), '```', '')
        at += quiz.length - 1
      } else shown.push(withAddresses(lines[at]))
      continue
    }
    if (opened === undefined) {
      opened = shown.push(lines[at]) - 1
      continue
    }
    const rest = fence[3].trim()
    if (rest !== '' && !/^\{\{.*\}\}/.test(rest)) {
      shown.push(lines[at])
      continue
    }
    if (rest !== '') {
      if (/(```+|~~~+)\s*$/.test(shown[opened])) shown[opened] += 'text'
      shown[opened] += ` ${rest}`
    }
    shown.push(fence[1] + fence[2])
    opened = undefined
  }
  return shown.join('\n')
}

/** A scenario's second machine, as Killercoda's packs call it. */
const secondMachine = 'node01'

/** The addresses that the platforms put in for their machines; here a machine is reached by its name. */
function withAddresses(line: string): string {
  return line
    .replace(/https?:\/\/\[\[HOST_SUBDOMAIN\]\]-(\d+)-\[\[KATACODA_HOST\]\]\.environments\.katacoda\.com/g, 'http://localhost:$1')
    .replace(
      /\{\{TRAFFIC_HOST(\d)_(\d+)\}\}/g,
      (_, host: string, port: string) => `http://${host === '1' ? 'localhost' : secondMachine}:${port}`,
    )
    .replaceAll('{{TRAFFIC_SELECTOR}}', 'http://localhost')
    .replaceAll('[[HOST_IP]]', 'localhost')
    .replaceAll('[[HOST2_IP]]', secondMachine)
}
