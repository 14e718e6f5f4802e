/**
 * The service worker keeps the whole page, so a reload works without a network. A new version waits until it is asked for: a class
 * must never be reloaded in mid-lesson.
 */
/// <reference types="vite-plugin-pwa/vanillajs" />
import { registerSW } from 'virtual:pwa-register'
import type { Drydock } from './state.ts'

export function keepOffline({ store }: Drydock): void {
  registerSW({
    onNeedRefresh: () => store.setState({ notice: 'A newer Drydock is ready. It starts when you close all its tabs.' }),
  })
}
