// Keys as X11 keysyms, which is what RFB sends.

import keysyms from "./node_modules/@novnc/novnc/core/input/keysymdef.js";

const SHIFT = 0xffe1;
const ENTER = 0xff0d;
const TAB = 0xff09;

// What the key menu offers: a name and the keys that are pressed together.
const CTRL = [0xffe3, "ControlLeft"];
const ALT = [0xffe9, "AltLeft"];
export const combos = [
  ["Ctrl-Alt-Del", [CTRL, ALT, [0xffff, "Delete"]]],
  ["Ctrl-Alt-Backspace", [CTRL, ALT, [0xff08, "Backspace"]]],
  ["Esc", [[0xff1b, "Escape"]]],
  ["Tab", [[TAB, "Tab"]]],
  ["PrtSc", [[0xff61, "PrintScreen"]]],
  ...Array.from({ length: 12 }, (_, i) => [`F${i + 1}`, [[0xffbe + i, `F${i + 1}`]]]),
  ...Array.from({ length: 6 }, (_, i) => [`Ctrl-Alt-F${i + 1}`, [CTRL, ALT, [0xffbe + i, `F${i + 1}`]]]),
];

// Characters that need Shift on a US keyboard: QEMU presses no Shift by itself.
const SHIFTED = /[A-Z~!@#$%^&*()_+{}|:"<>?]/;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// press presses keys one after the other and lets go of them in reverse.
export function press(rfb, keys) {
  for (const [sym, code] of keys) rfb.sendKey(sym, code, true);
  for (const [sym, code] of [...keys].reverse()) rfb.sendKey(sym, code, false);
}

function typeOne(rfb, char) {
  if (char === "\n") return press(rfb, [[ENTER, "Enter"]]);
  if (char === "\t") return press(rfb, [[TAB, "Tab"]]);
  const key = [keysyms.lookup(char.codePointAt(0)), null];
  press(rfb, SHIFTED.test(char) ? [[SHIFT, "ShiftLeft"], key] : [key]);
}

// typeText types as fast as a keyboard controller takes it. It stops when going()
// says so, and returns how many characters were typed.
export async function typeText(rfb, text, going, progress) {
  const chars = [...text.replace(/\r\n?/g, "\n")].filter((c) => c >= " " || c === "\n" || c === "\t");
  let n = 0;
  for (const c of chars) {
    if (!going()) break;
    typeOne(rfb, c);
    progress(++n, chars.length);
    await pause(20);
  }
  return n;
}
