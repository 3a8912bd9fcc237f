import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { HttpProblem } from './http-problem.ts';

/** Boundaries and headers around the one file of a form, and its options. */
const FORM_BYTES_MAX = 300_000;

export interface Upload {
  readonly fileName: string;
  readonly path: string;
  readonly bytes: number;
  /** What stood in the field `options` before the file; null when there was none. */
  readonly options: string | null;
}

/**
 * Stores the file of a form at `path`. Half a file is not a file: on any failure nothing is left.
 * @throws HttpProblem when there is none, or it is too large.
 */
export async function storeUpload(
  request: FastifyRequest,
  { path, bytesMax }: { readonly path: string; readonly bytesMax: number },
): Promise<Upload> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax + FORM_BYTES_MAX) throw tooLarge(bytesMax);
  const file = await request.file({ limits: { fileSize: bytesMax } });
  if (!file) throw new HttpProblem(400, 'no-file', { message: 'There is no file in the form; choose one.' });
  try {
    await pipeline(file.file, createWriteStream(path));
    if (file.file.truncated) throw tooLarge(bytesMax);
    const { size } = await stat(path);
    return { fileName: file.filename.slice(0, 200), path, bytes: size, options: optionsOf(file) };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    // What nobody reads any more would keep the connection open.
    file.file.resume();
  }
}

function optionsOf({ fields }: MultipartFile): string | null {
  const field = fields['options'];
  if (field === undefined || Array.isArray(field) || field.type !== 'field') return null;
  return typeof field.value === 'string' ? field.value : null;
}

function tooLarge(bytesMax: number): HttpProblem {
  const megabytes = Math.floor(bytesMax / 1_000_000);
  return new HttpProblem(413, 'too-large', {
    message: `The file is larger than ${megabytes} MB; split it, or import it with the command ringline import.`,
  });
}
