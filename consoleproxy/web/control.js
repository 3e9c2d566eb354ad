// The control socket: the first one is opened with the ticket, later ones with the
// key that the last one was given.

const AWAY = 30_000; // gwm waits so long for a page that lost its network
const ASK = 5_000; // between two questions whether gwm is there
const SILENCE = 10_000; // without an answer the network is gone, even if nothing broke
const AGAIN = "ask gwm for a new link";
const OVER = { 4001: 1, 4003: 1, 4009: 1, 4029: 1, 1008: 1 };

export class Control {
  // on has a function for each type of message, and: lost(), over(text, hint).
  constructor(on) {
    this.on = on;
    this.ended = false;
    this.number = 0;
    setInterval(() => this.ask(), ASK);
  }

  open(ticket) {
    this.connect("gwm.ticket." + ticket);
  }

  connect(secret) {
    const url = new URL("/console/control", location.href);
    url.protocol = "wss:";
    const socket = new WebSocket(url, ["gwm.v1", secret]);
    this.socket = socket;
    this.asked = undefined;
    socket.onmessage = (e) => socket === this.socket && this.hear(JSON.parse(e.data));
    socket.onclose = (e) => this.closed(socket, e);
  }

  // ask finds out whether the network is there: a picture that stands still does not
  // tell.
  ask() {
    if (!this.alive()) return;
    if (this.asked === undefined) {
      this.asked = Date.now();
      this.send({ type: "ping" });
    } else if (Date.now() - this.asked > SILENCE) {
      this.socket.close(); // its end may take long to come
      this.closed(this.socket, { code: 1006 });
    }
  }

  hear(m) {
    this.asked = undefined;
    if (m.type === "hello") {
      this.resume = m.resume;
      this.since = undefined;
      this.send({ type: "have" });
    } else if (m.type === "end") {
      this.over(m.text, m.hint || (m.code === "wrong_state" ? AGAIN : ""));
      return;
    }
    this.on[m.type]?.(m);
  }

  send(m) {
    if (!this.alive()) return false;
    this.socket.send(JSON.stringify(m));
    return true;
  }

  alive() {
    return !this.ended && this.socket?.readyState === WebSocket.OPEN;
  }

  over(text, hint) {
    if (this.ended) return;
    this.ended = true;
    this.on.over(text, hint);
  }

  closed(socket, e) {
    if (this.ended || socket !== this.socket) return;
    this.socket = undefined;
    if (OVER[e.code]) {
      this.over(e.code === 4009 ? "this console goes on in another connection" : e.reason || "this console is over", "");
      return;
    }
    if (!this.resume) {
      this.over("gwm does not answer", AGAIN);
      return;
    }
    this.since ??= Date.now();
    if (Date.now() - this.since > AWAY) {
      this.over("the network was away for too long", AGAIN);
      return;
    }
    this.on.lost();
    setTimeout(() => this.ended || this.connect("gwm.resume." + this.resume), 1000);
  }
}
