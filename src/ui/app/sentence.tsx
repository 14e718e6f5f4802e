/** A sentence with `code` and **names** in it. */
import { Fragment } from 'react'
import style from './sentence.module.css'

export function Sentence({ text }: { readonly text: string }) {
  return text.split(/(`[^`]*`|\*\*[^*]*\*\*)/).map((part, index) => {
    if (part.startsWith('`'))
      return (
        <span key={index} className={style.code}>
          {part.slice(1, -1)}
        </span>
      )
    if (part.startsWith('**'))
      return (
        <b key={index} className={style.name}>
          {part.slice(2, -2)}
        </b>
      )
    return <Fragment key={index}>{part}</Fragment>
  })
}
