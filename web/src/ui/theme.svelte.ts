export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORAGE_KEY = 'ringline.theme';

/** Light, dark, or as the machine is set. */
class ThemeChoice {
  #theme = $state<Theme>('system');

  get current(): Theme {
    return this.#theme;
  }

  choose(theme: Theme): void {
    this.#apply(theme);
    if (theme === 'system') localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, theme);
  }

  restore(): void {
    const stored = localStorage.getItem(STORAGE_KEY);
    this.#apply(THEMES.find((theme) => theme === stored) ?? 'system');
  }

  #apply(theme: Theme): void {
    this.#theme = theme;
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }
}

export const themeChoice = new ThemeChoice();
