export function useLessons() { return { lesson: undefined as undefined | { title: string; steps: { name: string }[] }, progress: { current: 0, passed: new Set<string>() } } }
