// The page of a console: what it shows and what its buttons do.

import RFB from "./node_modules/@novnc/novnc/core/rfb.js";
import { Control } from "./control.js";
import { combos, press, typeText } from "./keys.js";

// The ticket leaves the address before anything else happens.
const ticket = location.hash.slice(1);
history.replaceState(null, "", location.pathname);
addEventListener("hashchange", () => location.reload()); // a new link in the same window

const $ = (id) => document.getElementById(id);

const CONNECTED = "connected";

let rfb; // the connection with the screen, while there is one
let retry; // timer of the next one
let delay = 1000;
let problem; // why there is none, as gwm said
let typing = false;

function notice(text, hint = "", bad = false, again = false) {
  $("notice").hidden = false;
  $("notice").classList.toggle("bad", bad);
  $("text").textContent = text;
  $("hint").textContent = hint;
  $("again").hidden = !again;
  $("screen").classList.add("stale");
}

function status(text, bad = false) {
  $("status").textContent = text;
  $("status").classList.toggle("bad", bad);
}

// connected tells the buttons whether there is a screen.
function connected(yes) {
  for (const b of document.querySelectorAll("#keys button, #typing, #give")) b.disabled = !yes;
  if (yes) {
    $("notice").hidden = true;
    $("screen").classList.remove("stale");
    return;
  }
  typing = false;
  for (const b of document.querySelectorAll(".sticky")) b.setAttribute("aria-pressed", "false");
}

// ---- the screen

function wantScreen() {
  clearTimeout(retry);
  if (!rfb) control.send({ type: "link" });
}

function later() {
  clearTimeout(retry);
  retry = setTimeout(wantScreen, delay);
  delay = Math.min(delay * 2, 10_000);
}

function openScreen(key) {
  if (rfb) return;
  const url = new URL("/console/rfb", location.href);
  url.protocol = "wss:";
  const now = new RFB($("screen"), url.href, { wsProtocols: ["gwm.v1", "gwm.link." + key] });
  rfb = now;
  now.background = "transparent";
  now.showDotCursor = true;
  now.scaleViewport = pressed("fit");
  now.viewOnly = pressed("watch");
  now.addEventListener("connect", () => {
    delay = 1000;
    problem = undefined;
    connected(true);
    status(CONNECTED);
    now.focus();
  });
  now.addEventListener("clipboard", (e) => {
    $("cut").value = e.detail.text;
    status("the VM has put text into the clipboard");
  });
  now.addEventListener("disconnect", () => {
    rfb = undefined;
    connected(false);
    if (control.ended) return;
    if (!control.alive()) return lost();
    if ($("status").textContent === CONNECTED) status("");
    explain();
    later();
  });
}

// explain says why there is no screen.
function explain() {
  const m = problem;
  if (!m) return notice("connecting with the screen …");
  if (m.code === "wrong_state") return notice($("vm").textContent + " does not run – waiting for it to start", "the screen comes by itself", false, true);
  notice(m.text + " – trying again", m.hint, false, true);
}

function lost() {
  rfb?.disconnect(); // a picture that stands still looks like one that lives
  notice("the connection with gwm is lost – trying again");
  status("no connection with gwm", true);
}

// ---- what gwm says

const control = new Control({
  hello(m) {
    $("vm").textContent = m.vm;
    $("where").textContent = `on ${m.cluster}, as ${m.user}`;
    document.title = `${m.vm} – console`;
    showPowers(m.powers);
    if (!rfb) {
      notice("connecting with the screen …");
      wantScreen();
    }
  },
  link(m) {
    openScreen(m.key);
  },
  screen(m) {
    problem = m.code ? m : undefined;
    if (problem && !rfb) explain();
  },
  powers(m) {
    showPowers(m.powers);
  },
  done(m) {
    status(m.text);
    delay = 1000;
  },
  refused(m) {
    status(m.text + (m.hint ? "; " + m.hint : ""), true);
  },
  lost,
  over(text, hint) {
    clearTimeout(retry);
    rfb?.disconnect();
    connected(false);
    for (const b of document.querySelectorAll("#tools button, #powers button")) b.disabled = true;
    showPanel("");
    status("");
    notice(text, hint, true);
  },
});

$("again").onclick = () => {
  delay = 1000;
  wantScreen();
};

// ---- panels

function showPanel(id) {
  for (const b of document.querySelectorAll("[data-panel]")) {
    const open = b.dataset.panel === id;
    b.setAttribute("aria-expanded", String(open));
    $(b.dataset.panel).hidden = !open;
  }
}

for (const b of document.querySelectorAll("[data-panel]")) {
  b.onclick = () => {
    const id = b.getAttribute("aria-expanded") === "true" ? "" : b.dataset.panel;
    showPanel(id);
    if (!id) return rfb?.focus();
    if (id === "power") control.send({ type: "may" });
    $(id).querySelector("textarea, button:not(:disabled)")?.focus();
  };
}

// Esc in a panel closes it; Ctrl-Alt-Home leaves the screen, which takes all other
// keys.
addEventListener("keydown", (e) => {
  if (e.key === "Home" && e.ctrlKey && e.altKey) {
    e.preventDefault();
    e.stopImmediatePropagation();
    rfb?.blur();
    $("tools").querySelector("button").focus();
  } else if (e.key === "Escape" && e.target.closest?.(".panel")) {
    const id = e.target.closest(".panel").id;
    showPanel("");
    document.querySelector(`[data-panel="${id}"]`).focus();
  }
}, true);

// ---- switches

const pressed = (id) => $(id).getAttribute("aria-pressed") === "true";

function toggle(id, change) {
  $(id).onclick = () => {
    const on = !pressed(id);
    $(id).setAttribute("aria-pressed", String(on));
    change(on);
  };
}

toggle("fit", (on) => {
  if (rfb) rfb.scaleViewport = on;
});
toggle("watch", (on) => {
  if (rfb) rfb.viewOnly = on;
});
$("full").onclick = async () => {
  try {
    await (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
    rfb?.focus();
  } catch {
    status("this browser shows no full screen here", true);
  }
};
document.onfullscreenchange = () => $("full").setAttribute("aria-pressed", String(Boolean(document.fullscreenElement)));

// ---- keys

for (const [name, keys] of combos) {
  const b = document.createElement("button");
  b.type = "button";
  b.textContent = name;
  b.onclick = () => rfb && press(rfb, keys);
  $(name.startsWith("Ctrl-Alt-F") ? "consoles" : "combos").append(b);
}
for (const b of document.querySelectorAll(".sticky")) {
  b.onclick = () => {
    const down = b.getAttribute("aria-pressed") !== "true";
    b.setAttribute("aria-pressed", String(down));
    rfb?.sendKey(Number(b.dataset.keysym), b.dataset.code, down);
    rfb?.focus();
  };
}

$("typing").onclick = async () => {
  if (typing) {
    typing = false;
    return;
  }
  if (!rfb || pressed("watch")) return status("nothing is typed while you only view", true);
  const now = rfb;
  typing = true;
  $("typing").textContent = "Stop";
  const n = await typeText(now, $("words").value, () => typing && rfb === now, (i, all) => ($("typed").textContent = `${i} of ${all} typed`));
  typing = false;
  $("typing").textContent = "Type it";
  status(`${n} characters typed`);
};

// ---- clipboard

$("give").onclick = () => {
  rfb?.clipboardPasteFrom($("cut").value);
  status("given to the VM");
};
$("take").onclick = async () => {
  try {
    await navigator.clipboard.writeText($("cut").value);
    status("copied");
  } catch {
    $("cut").select();
    status("press Ctrl-C: this browser does not let the page copy", true);
  }
};

// ---- power

const POWER = {
  start: ["Start", "Start"],
  shutdown: ["Shut down", "Shut down"],
  restart: ["Restart", "Shut down and start"],
  reset: ["Reset", "Press the reset button of"],
  off: ["Power off", "Cut the power of"],
};

function showPowers(powers = []) {
  $("powers").replaceChildren();
  const why = new Set();
  for (const p of powers) {
    if (!POWER[p.what]) continue;
    const b = document.createElement("button");
    b.type = "button";
    b.textContent = POWER[p.what][0];
    b.disabled = !p.may;
    b.classList.toggle("danger", p.asks);
    if (!p.may) why.add(p.why);
    b.title = p.may ? p.effect : p.why;
    b.onclick = () => (p.asks ? ask(p) : order(p));
    $("powers").append(b);
  }
  $("refusals").textContent = [...why].join(" · ");
}

function order(p) {
  status("asking gwm …");
  control.send({ type: "do", what: p.what, number: ++control.number });
}

function ask(p) {
  $("question").textContent = `${POWER[p.what][1]} ${$("vm").textContent}?`;
  $("effect").textContent = p.effect;
  $("yes").textContent = POWER[p.what][0];
  const dialog = $("ask");
  dialog.returnValue = "no";
  dialog.onclose = () => dialog.returnValue === "yes" && order(p);
  dialog.showModal();
}

// ----

connected(false);
if (ticket) control.open(ticket);
else control.over("this page opens with a link from gwm", "press v on a VM in gwm; a link is good once, so a reload needs a new one");
