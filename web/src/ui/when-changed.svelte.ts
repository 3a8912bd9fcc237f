import { untrack } from 'svelte';

/**
 * Runs `react` now and whenever something that `read` reads has changed; what `react` itself reads does not count. For the beginning
 * of a component, like `$effect`.
 */
export function whenChanged(read: () => unknown, react: () => void): void {
  $effect(() => {
    read();
    untrack(react);
  });
}
