"""What is done, by the beginnings of words in eight languages: reports of one deed meet, of two deeds stay apart.

A name is `family.sense`. Senses of one family exclude each other: who dismisses somebody has not arrested him.
"""

from __future__ import annotations

from watcher.stories.beginnings import Beginnings

_SENSES = """
pact.suspend suspend suspens halts= halted paus freez frozen aussetz ausgesetzt suspen приостан заморо تعلیق علق=
  یعلق askıya
  donduru معلق gele=
pact.quit withdraw quits= quit= exits= scrap terminat kundig gekundig aufkundig austritt retrait denonce выход
  вышл выходит
  انسحب انسحاب تنسحب خروج çekil
pact.keep reaffirm recommit uphold bekraftig reafirm подтвержд پایبند teyit ratifica=
pact.extend extend extension prolong verlanger verlangert prorrog продл تمدید یمدد uzat
pact.amend amend amends rewrit revis protocol protokoll protocole протокол بروتوکول تعدیل یعدل پروتکل değişikl
pact.replace supersed replaces= ersetzt remplace
force.arrest seiz captur beschlagnahm saisi saisie incaut захват احتجز یحتجز held= arrest detain raid= raids=
  raided storm festnahm festgenommen razzia interpell arrete deteni
  detuv арест задерж
  اعتقال اعتقل یعتقل توقیف ضبط بازداشت دستگیر tutukla gözalt baskın
force.release frei= releas frees= freed= freilass freigelass liberat libere= liberado libertad освобо افراج افرج
  یفرج آزاد serbest
harm.kill kill dead= death dies= died tote= toter getotet todes mort= morts muert погиб убит قتل قتیل قتلی کشته
  شهید oldu= olduren olu=
force.dismiss dismiss sacks= sacked reliev remov oust fires= entlass abgesetzt limog relevad releve= releves=
  destitu cesa= отстран
  уволи уволен
  اقال اعفاء یعفی برکنار görevden
force.disband disband dissol auflos aufgelost dissou disuel расформир распус حل= یحل انحلال lağv feshet
force.warrant warrant= warrants= haftbefehl mandat= mandats= ордер مذکرات yakalama
force.sentence sentenc convict verurteil condamn condena приговор حکم محکوم mahkum
give.pledge pledg promis commits= zusag zugesagt verspr promet promess engag compromet обеща تعهد تتعهد
  taahhüt söz=
give.approve approv ratif passes= gebilligt billigt verabschied approuv aprueba aprob одобр ратифи صادق یصادق یقر
  تصویب onayla
give.refuse refus reject declin ablehn lehnt rechaz отказ отверг رفض یرفض ترفض reddet çevir
give.send send= sends= sending sent= deploy dispatch schick entsend envoie= envia= despliega отправ направ ارسال
  ترسل یرسل اعزام
  gönder
curb.impose impose imposin verhang verhäng наложил ввел= وضع= yaptırım
curb.lift lifts= lifted lift= eases= eased aufheb aufgehoben levantan levanto leve= снял снима رفع= لغو kaldır
"""

SENSES = Beginnings(s=_SENSES)

LATER = frozenset({"force.release", "curb.lift", "pact.quit", "give.approve"})
"""What undoes or completes a deed that its own report mentions again: "frees the men arrested on Tuesday"."""
