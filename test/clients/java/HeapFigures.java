import java.io.File;
import java.io.PrintStream;
import java.util.Iterator;
import org.graalvm.visualvm.lib.jfluid.heap.FieldValue;
import org.graalvm.visualvm.lib.jfluid.heap.GCRoot;
import org.graalvm.visualvm.lib.jfluid.heap.Heap;
import org.graalvm.visualvm.lib.jfluid.heap.HeapFactory;
import org.graalvm.visualvm.lib.jfluid.heap.Instance;
import org.graalvm.visualvm.lib.jfluid.heap.JavaClass;
import org.graalvm.visualvm.lib.jfluid.heap.JavaFrameGCRoot;
import org.graalvm.visualvm.lib.jfluid.heap.ObjectFieldValue;
import org.graalvm.visualvm.lib.jfluid.heap.ThreadObjectGCRoot;

/** Tells what VisualVM's library sees in an HPROF file: a line of words between tabs for each thing. */
public class HeapFigures {
  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, false, "UTF-8");
    Heap heap = HeapFactory.createHeap(new File(args[0]));
    for (JavaClass c : heap.getAllClasses()) {
      out.println("class\t" + c.getName() + "\t" + c.getInstancesCount());
    }
    for (GCRoot root : heap.getGCRoots()) {
      if (root instanceof ThreadObjectGCRoot) {
        ThreadObjectGCRoot thread = (ThreadObjectGCRoot) root;
        for (StackTraceElement frame : thread.getStackTrace()) {
          out.println("frame\t" + thread.getInstance().getInstanceId() + "\t" + frame);
        }
      } else if (root instanceof JavaFrameGCRoot) {
        JavaFrameGCRoot local = (JavaFrameGCRoot) root;
        out.println("local\t" + local.getThreadGCRoot().getInstance().getInstanceId() + "\t" + local.getFrameNumber()
            + "\t" + local.getInstance().getInstanceId());
        // A frame whose variables have names is an object with fields.
        if (!local.getInstance().getJavaClass().getName().startsWith("frame ")) continue;
        for (Object value : local.getInstance().getFieldValues()) {
          if (!(value instanceof ObjectFieldValue)) continue;
          Instance variable = ((ObjectFieldValue) value).getInstance();
          if (variable != null) {
            out.println("variable\t" + ((FieldValue) value).getField().getName() + "\t" + variable.getInstanceId());
          }
        }
      }
    }
    for (Iterator<?> instances = heap.getAllInstancesIterator(); instances.hasNext();) {
      Instance i = (Instance) instances.next();
      out.println("instance\t" + i.getInstanceId() + "\t" + i.getJavaClass().getName() + "\t" + i.getSize() + "\t"
          + i.getRetainedSize());
    }
    out.flush();
  }
}
