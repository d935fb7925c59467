/* A text file that somebody has chosen, read in the browser. What is too large or no text is refused in words. */
import { t } from "./words.js";

export async function readTextFile(file, charactersMax) {
  /* a character is at most four bytes: what is larger cannot fit, and is not even read */
  if (file.size > 4 * charactersMax) {
    throw new Error(t("{file} is too large: {size} kB, and {most} kB is the most.", { file: file.name, size: Math.ceil(file.size / 1000), most: charactersMax / 1000 }));
  }
  const bytes = await file.arrayBuffer();
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error(t("{file} is no text: save it as UTF-8.", { file: file.name }));
  }
  if (text.includes("\0")) throw new Error(t("{file} is no text, it holds binary data.", { file: file.name }));
  if (text.length > charactersMax) {
    throw new Error(t("{file} is too large: {size} kB, and {most} kB is the most.", { file: file.name, size: Math.ceil(text.length / 1000), most: charactersMax / 1000 }));
  }
  if (text.trim() === "") throw new Error(t("{file} is empty.", { file: file.name }));
  return text;
}
