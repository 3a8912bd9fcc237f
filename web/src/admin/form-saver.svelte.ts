import { ApiError } from '../api/api-client.ts';
import { describeApiError } from '../api/describe-api-error.ts';

/** Sends a form and remembers what was refused, and at which field. */
export class FormSaver {
  #isBusy = $state(false);
  #refusal = $state.raw<{ readonly field: string | null; readonly message: string } | null>(null);

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** What no field of the form says by itself. */
  problem(fields: readonly string[] = []): string | null {
    if (this.#refusal === null) return null;
    const { field, message } = this.#refusal;
    return field !== null && fields.includes(field) ? null : message;
  }

  errorOf(field: string): string | undefined {
    return this.#refusal?.field === field ? this.#refusal.message : undefined;
  }

  refuse(message: string, field: string | null = null): void {
    this.#refusal = { field, message };
  }

  forget(): void {
    this.#refusal = null;
  }

  /** True when it is stored. */
  async save(work: () => Promise<void>): Promise<boolean> {
    this.#isBusy = true;
    this.#refusal = null;
    try {
      await work();
      return true;
    } catch (error) {
      this.refuse(describeApiError(error), error instanceof ApiError ? error.field : null);
      return false;
    } finally {
      this.#isBusy = false;
    }
  }
}
