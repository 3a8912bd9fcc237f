import { existsSync } from 'node:fs';
import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const TIME_AND_CHANCE = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'Take the time from a Clock: time is an argument.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Take the time from a Clock: time is an argument.',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Take chance from a Random: chance is an argument.',
  },
];
const NAMED_EXPORTS = { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' };

export default defineConfig(
  globalIgnores(['node_modules/', 'web/dist/', '.ringline/', 'web/.svelte-kit/']),
  {
    files: ['**/*.ts'],
    ignores: ['web/src/**', 'web/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  },
  existsSync('web/tsconfig.json')
    ? {
        files: ['web/src/**/*.ts', 'web/*.ts', 'web/**/*.svelte', 'web/**/*.svelte.ts'],
        extends: [tseslint.configs.strictTypeChecked, svelte.configs.recommended, svelte.configs.prettier],
        languageOptions: {
          parserOptions: {
            projectService: true,
            tsconfigRootDir: import.meta.dirname,
            extraFileExtensions: ['.svelte'],
            parser: tseslint.parser,
          },
        },
        // Svelte's compiler and svelte-check report unknown names; the plugin cannot see runes as globals in plain files.
        rules: { 'no-undef': 'off' },
      }
    : {},
  {
    files: ['**/*.ts', '**/*.svelte'],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: false, allowDefaultCaseForExhaustiveSwitch: true },
      ],
      '@typescript-eslint/max-params': ['error', { max: 3 }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Ports are asynchronous for those who need it; an implementation that does not may stay `async`.
      '@typescript-eslint/require-await': 'off',
      'no-restricted-syntax': ['error', NAMED_EXPORTS, ...TIME_AND_CHANCE],
      'no-console': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // Wiring: the one place where the machine's clock and chance enter. Tools: not part of the product.
    files: ['server/clock.ts', 'server/serve.ts', '**/main.ts', 'scripts/**', 'web/src/**'],
    rules: { 'no-restricted-syntax': ['error', NAMED_EXPORTS] },
  },
  {
    files: ['**/*.test.ts', '**/test-*.ts', '**/*.fixture.ts'],
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['**/*.svelte'], rules: { 'max-lines-per-function': 'off' } },
  // Tools whose loader wants a default export.
  {
    files: ['*.config.ts', 'web/*.config.ts', 'scripts/test-setup.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
