export function LessonPane() { return <aside aria-label="Lesson" /> }
