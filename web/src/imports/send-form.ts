import { ApiError, errorFromAnswer, type ApiClient } from '../api/api-client.ts';

/** Sends a form and tells how much of it has left: what fetch cannot do. */
export function sendForm<Answer>(
  api: ApiClient,
  { address, form }: { readonly address: string; readonly form: FormData },
  onProgress: (sentRate: number) => void = () => undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', address);
    for (const [name, value] of Object.entries(api.changeHeaders())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
    };
    request.onerror = () =>
      reject(new ApiError({ status: 0, code: 'unreachable', message: 'The server cannot be reached.' }));
    request.onload = () => {
      const body = parse(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(body as Answer);
      else reject(errorFromAnswer(request.status, body));
    };
    request.send(form);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
