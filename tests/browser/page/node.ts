// The little of Node's modules that suites use and a page has too, by other names. Files come from the server.

/** Bytes with the toString of a Buffer. */
class Bytes extends Uint8Array<ArrayBuffer> {
  override toString(): string {
    return new TextDecoder().decode(this);
  }
}

export function readFileSync(file: URL | string): Bytes;
export function readFileSync(file: URL | string, encoding: "utf8"): string;
export function readFileSync(file: URL | string, encoding?: "utf8"): Bytes | string {
  const request = new XMLHttpRequest();
  request.open("GET", String(file), false);
  // Each byte becomes one character, whose low half it is: a synchronous request gives no bytes otherwise.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  if (request.status !== 200) throw new Error(`${String(file)}: ${request.status}`);
  const bytes = Bytes.from(request.responseText, (character) => character.charCodeAt(0)) as Bytes;
  return encoding ? bytes.toString() : bytes;
}

/** The browser has unpacked them already: the server says of such files that they are sent in this encoding. */
const unpacked = (bytes: Bytes): Bytes => bytes;
export { unpacked as brotliDecompressSync, unpacked as gunzipSync };

/** An address of the site is the name of a file here. */
export const fileURLToPath = (url: URL): string => url.href;

/** A value of another realm: that of a frame. */
export function runInNewContext(code: string): unknown {
  const frame = document.body.appendChild(document.createElement("iframe"));
  return (frame.contentWindow as unknown as { eval(code: string): unknown }).eval(code);
}

const wait = (ms = 0): Promise<void> => new Promise((resume) => setTimeout(resume, ms));
export { wait as setTimeout };
