/**
 * Questions in a lesson's text, in Katacoda's form: a line `>>Q1: What?<<`, below it choices (`(*)` right, `( )` wrong; with square brackets
 * several may be right) or what is to be typed (`=== word`, or `=~= part of it`). Ours ask with them for a prediction before a command shows it.
 */

export type Quiz =
  | {
      readonly question: string
      readonly choices: readonly { readonly text: string; readonly isRight: boolean }[]
      readonly isMany: boolean
    }
  | { readonly question: string; readonly answer: string; readonly isWhole: boolean }

const question = /^\s*>>\s*(?:Q\d+\s*:\s*)?(.+?)\s*<<\s*$/
const choice = /^\s*[([]([* ])[)\]]\s+(.+?)\s*$/
const typed = /^\s*(===|=~=)\s*(.+?)\s*$/

/** The question that begins at a line, and how many lines it takes; undefined where none does. */
export function quizAt(lines: readonly string[], at: number): { readonly quiz: Quiz; readonly length: number } | undefined {
  const asked = question.exec(lines[at])?.[1]
  if (asked === undefined) return undefined
  let first = at + 1
  while (first < lines.length && lines[first].trim() === '') first++
  const wanted = typed.exec(lines[first] ?? '')
  if (wanted) return { quiz: { question: asked, answer: wanted[2], isWhole: wanted[1] === '===' }, length: first + 1 - at }
  let end = first
  while (end < lines.length && choice.test(lines[end])) end++
  if (end === first) return undefined
  const choices = lines.slice(first, end).map((line) => {
    const [, star, text] = choice.exec(line) ?? []
    return { text, isRight: star === '*' }
  })
  return { quiz: { question: asked, choices, isMany: lines[first].trim().startsWith('[') }, length: end - at }
}

/** Whether what was chosen, or typed, is right; of choices all the right ones and no other. */
export function isRight(quiz: Quiz, given: readonly string[]): boolean {
  if ('choices' in quiz) return quiz.choices.every(({ text, isRight }) => given.includes(text) === isRight)
  const [text, answer] = [given[0]?.trim().toLowerCase() ?? '', quiz.answer.toLowerCase()]
  return quiz.isWhole ? text === answer : text.includes(answer)
}
