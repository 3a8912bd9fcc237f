/**
 * Names of the values that an ICU message takes, read from its text by the compiler. Inside a plural branch write more than one bare
 * word ("# call", "no calls"): a single word in braces would be taken for a name.
 */
export type ValueNames<Text extends string> = Text extends `${string}{${infer Rest}`
  ? NameAtStart<Rest> | ValueNames<Rest>
  : never;

type NameAtStart<Rest extends string> = Rest extends `${infer Head}}${string}`
  ? OnlyName<Head extends `${infer Name},${string}` ? Name : Head>
  : never;

type OnlyName<Text extends string> = Text extends '' | `${string}${' ' | '#' | '{'}${string}` ? never : Text;
