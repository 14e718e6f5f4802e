/** A question in a lesson's text: a prediction before the command that shows what is so. A wrong answer costs nothing and may be changed. */
import { useId, useState, type FormEvent } from 'react'
import { isRight, type Quiz } from '../../lesson/quiz.ts'
import { Glyph } from '../app/glyph.tsx'
import style from './lesson-pane.module.css'

export function QuizView({ quiz }: { readonly quiz: Quiz }) {
  const [given, setGiven] = useState<readonly string[]>([])
  const [isAnswered, setIsAnswered] = useState(false)
  const name = useId()
  const give = (answer: readonly string[], isFinal: boolean) => {
    setGiven(answer)
    setIsAnswered(isFinal)
  }
  const answer = (event: FormEvent) => {
    event.preventDefault()
    setIsAnswered(true)
  }
  return (
    <form className={style.quiz} onSubmit={answer}>
      <fieldset>
        <legend>{quiz.question}</legend>
        {'choices' in quiz ? (
          quiz.choices.map(({ text }) => (
            <label key={text}>
              <input
                type={quiz.isMany ? 'checkbox' : 'radio'}
                name={name}
                checked={given.includes(text)}
                onChange={({ target }) =>
                  quiz.isMany ? give(target.checked ? [...given, text] : given.filter((each) => each !== text), false) : give([text], true)
                }
              />
              <span>{text}</span>
            </label>
          ))
        ) : (
          <input
            className={style.typed}
            aria-label={quiz.question}
            value={given[0] ?? ''}
            onChange={({ target }) => give([target.value], false)}
          />
        )}
        {('answer' in quiz || quiz.isMany) && !isAnswered && <button className={style.button}>Answer</button>}
      </fieldset>
      <p role="status">
        {isAnswered &&
          (isRight(quiz, given) ? (
            <>
              <Glyph shape="running" /> So it is.
            </>
          ) : (
            <>
              <Glyph shape="failing" /> Not quite. Try it and see, or choose again.
            </>
          ))}
      </p>
    </form>
  )
}
