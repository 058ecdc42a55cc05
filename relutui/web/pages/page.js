"use strict";

// The page around the terminal of textual.js, which makes the terminal and its websocket, and keeps both to itself.
(async () => {
  const terminal = document.querySelector(".textual-terminal");
  const upload = document.getElementById("upload");
  const file = document.getElementById("file");
  const problem = document.getElementById("problem");
  const ended = document.getElementById("ended");
  const NativeWebSocket = WebSocket;
  const FULL = 1013;
  let socket;
  let session;

  const focus = () => {
    if (socket?.readyState === NativeWebSocket.OPEN && !document.querySelector("dialog[open]")) {
      document.querySelector(".xterm-helper-textarea")?.focus();
    }
  };

  // Messages of the server

  const take = ([kind, content]) => {
    if (kind === "session") {
      session = content;
    } else if (kind === "upload") {
      askForFile();
    }
  };

  const end = (event) => {
    if (event.code === FULL) {
      location.reload(); // which says so
      return;
    }
    upload.close();
    const reasons = {
      1000: "The program has ended.",
      1011: "The program has failed. What you did not write is offered again.",
    };
    document.getElementById("reason").textContent =
      reasons[event.code] ?? "The server cannot be reached. What you did not write is offered again once it is there.";
    ended.showModal();
  };

  window.WebSocket = class extends NativeWebSocket {
    constructor(address) {
      super(address);
      socket = this;
      this.addEventListener("message", (event) => typeof event.data === "string" && take(JSON.parse(event.data)));
      this.addEventListener("open", focus);
      this.addEventListener("close", end);
    }
  };

  // Files

  window.open = (address) => {
    // textual.js opens what is to be downloaded in a window, and takes it to be at the root of the host.
    const link = document.createElement("a");
    link.href = `download/${encodeURIComponent(new URL(address).pathname.split("/").pop())}`;
    link.download = "";
    link.click();
  };

  const askForFile = () => {
    problem.textContent = "";
    file.value = "";
    upload.showModal();
    try {
      file.showPicker();
    } catch {
      // The key that has asked for it is too long ago: the button is there.
    }
  };

  const send = async (chosen) => {
    const answer = await fetch(`upload/${session}/${encodeURIComponent(chosen.name)}`, { method: "POST", body: chosen });
    if (answer.ok) {
      upload.close();
    } else {
      problem.textContent = answer.status === 413 ? "The file is larger than any that can be opened." : await answer.text();
      if (!upload.open) {
        upload.showModal();
      }
    }
  };

  file.addEventListener("change", () => file.files.length && send(file.files[0]));
  upload.addEventListener("close", focus);
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) {
      send(event.dataTransfer.files[0]);
    }
  });
  document.getElementById("again").addEventListener("click", () => location.reload());

  // Keys that are the browser's: to paste, to copy what is selected, to load again, to fill the screen, tools

  window.addEventListener(
    "keydown",
    (event) => {
      const control = (event.ctrlKey || event.metaKey) && !event.altKey;
      const key = event.key.toLowerCase();
      if ((control && (key === "v" || key === "c")) || ["f5", "f11", "f12"].includes(key) || (control && event.shiftKey)) {
        event.stopPropagation();
      }
    },
    true,
  );
  document.addEventListener("copy", (event) => {
    if (!event.defaultPrevented && socket?.readyState === NativeWebSocket.OPEN && !document.querySelector("dialog[open]")) {
      socket.send(JSON.stringify(["stdin", "\x03"])); // nothing is selected: it is ctrl+C of the app
    }
  });

  // The terminal

  if (!document.createElement("canvas").getContext("webgl2")) {
    document.getElementById("reason").textContent = "relutui needs WebGL 2, which this browser does not have or allow.";
    ended.showModal();
    return;
  }
  const address = new URL(matchMedia("(prefers-color-scheme: light)").matches ? "ws/light" : "ws/dark", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  terminal.dataset.sessionWebsocketUrl = address.href;
  await document.fonts.load("16px 'Roboto Mono'"); // cells are measured once
  if (document.readyState !== "complete") {
    await new Promise((loaded) => addEventListener("load", loaded));
  }
  const script = document.createElement("script");
  script.src = "static/textual.js";
  script.onload = () => window.onload();
  document.head.append(script);
  window.addEventListener("focus", focus);
  document.addEventListener("mouseup", focus);
})();
